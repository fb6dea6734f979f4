"""plan.html: the day's plan on one page, to look at, to sieve and to print."""
