"""Classes: a teacher opens one, students join it by a code and a pseudonym. Everything is in one database."""
