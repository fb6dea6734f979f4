"""What the codes of causes say in words."""

CAUSES = {
    "after_cut_off": "placed after the cut-off",
    "not_at_dc": "not at the DC in time",
    "not_ready": "not ready to collect",
    "other_chain": "the store is not of our chains",
    "no_channel": "no channel takes it",
    "no_store_near": "no store near enough takes it",
    "no_shelf_room": "no room on a shelf near enough",
    "no_courier": "no open store with couriers can bring it",
    "no_courier_time": "couriers have no time left",
    "too_large_for_courier": "too large for a courier",
    "too_far_for_courier": "too far for a courier",
    "no_vans": "the DC has no vans for it",
    "no_chilled_van": "no van carries chilled goods",
    "no_van_large_enough": "no van is large enough",
    "unreachable": "no way there and back",
    "window_missed": "no van comes while the store takes goods",
    "no_van_left": "vans have no room or time left",
    "vans_full": "vans have no room left",
    "no_time_left": "vans have no time left",
    "no_dock_door": "no dock door free to load",
    "batch_missed": "the last batch has left",
}
"""Code: its words."""
