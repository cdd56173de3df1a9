"""Everything that Streamlit draws: a room for each page, and rooms for what pages share. navigation.py is the frame around
them."""
