"""What several rooms draw with: tables, matrices, numbers, figures, source code and the style sheet."""
