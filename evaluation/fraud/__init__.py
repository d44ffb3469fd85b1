"""A simulated world of people who ask for codes and of campaigns that pump them, to judge fraud rules in."""
