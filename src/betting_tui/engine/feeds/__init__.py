"""The feeds at work: which of them is asked what and when, how credits are spent, and what each one's state is."""
