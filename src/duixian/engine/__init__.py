"""What a checked rule means for an applicant: verdicts, sums, reasons and take-the-higher."""
