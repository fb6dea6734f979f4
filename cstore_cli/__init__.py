"""cstore: plan parcel networks whose last node is a convenience store."""

__version__ = "0.1.0"
