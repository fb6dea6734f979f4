"""Tables of `cstore partners`: parcels carried, volumes to come, invoices."""

import dataframely as dy

from cstore_cli.tables import columns as c


class PartnerParcels(dy.Schema):
    """
    What partners did for us: a row per parcel and service.

    ``zone`` may be left out where ``location_id`` is a store whose zone the settings
    know. A parcel that was brought and fetched back has two rows.
    """

    parcel_id = c.identity()
    partner = c.identity()
    service = c.identity()
    charged_on = c.day()
    """The day whose terms price it."""
    zone = c.text(optional=True)
    location_id = c.text(optional=True)
    weight_kg = c.number(min=0)
    length_cm = c.number(optional=True, min=0)
    width_cm = c.number(optional=True, min=0)
    height_cm = c.number(optional=True, min=0)
    value_twd = c.number(optional=True, min=0)
    cod_twd = c.number(optional=True, default=0.0, min=0)
    redirected = c.flag(optional=True, default=False)
    storage_days = c.count(optional=True, default=0, min=0)
    outcome = c.text(optional=True)
    """delivered, lost, damaged or uncollected; empty: delivered."""
    due_at = c.instant(optional=True)
    done_at = c.instant(optional=True)
    told_at = c.instant(optional=True)
    """When the partner's data said so."""


class Volumes(dy.Schema):
    """Parcels to come, by month, zone, service and what they are like."""

    month = c.month()
    zone = c.identity()
    service = c.identity()
    weight_kg = c.number(min=0)
    size = c.text(optional=True)
    """Size class; empty: `any`."""
    parcels = c.count(min=0)
    partner = c.text(optional=True)
    """Who carries them today; a row per partner. Empty: nobody yet."""


class Invoice(dy.Schema):
    """A partner's invoice, line by line."""

    line_id = c.identity()
    parcel_id = c.text(optional=True)
    """Empty: a line of the month, such as a rebate."""
    service = c.text(optional=True)
    charge = c.identity()
    """Name of the rate, surcharge, commitment, ... that it says it is."""
    charged_on = c.day()
    amount = c.number()
    """Negative: a credit."""
