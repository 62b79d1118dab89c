"""What rises: the rule of `oversight.rising` put to the sums that are kept, and its pages."""
