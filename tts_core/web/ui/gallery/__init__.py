"""The gallery: all voices that can speak, to be searched, heard, blended and chosen.

`listing.py` says which there are, `routes.py` sends that and the sound of each, `button.py` opens
the gallery and `choosing.py` does what it asks for; `assets/gallery.js` draws it.
"""
