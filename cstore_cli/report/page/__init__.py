"""What every page and sheet of HTML shares: its frame, its charts, its colours."""
