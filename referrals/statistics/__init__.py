"""What a city learns from its referrals: bands of numbers, a quarter at a time, nothing that tells of one."""
