"""From settings to widgets and to the address of the page, and back."""
