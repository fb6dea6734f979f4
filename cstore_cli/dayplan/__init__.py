"""The plan of a day: orders in, a checked plan out."""
