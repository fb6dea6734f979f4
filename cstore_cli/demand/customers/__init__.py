"""Who the customers are and when they fetch."""
