"""What people upload: checked, quarantined, stored by content, handed out only to whom it concerns."""
