"""What hosts see and ask for at the desk, decided without looking anywhere."""
