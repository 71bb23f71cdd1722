"""The pages, one a module. Not "pages": Streamlit runs what lies in a folder of that name by itself."""
