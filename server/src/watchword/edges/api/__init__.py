"""The Ding OTP API v1."""
