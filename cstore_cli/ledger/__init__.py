"""Parcel events, the transition table and their fold into states; in SQL."""
