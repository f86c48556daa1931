#!/usr/bin/python3
"""Makes regular.ttf and bold.ttf, the fonts of the printed forms; see README."""

from fontTools import subset
from fontTools.ttLib import TTFont

SOURCE = "/usr/share/fonts/truetype/paratype/"
FAMILY = "Surguch Text"

# What forms may have to print. Code points that the source lacks are left out.
RANGES = [
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x00FF),  # Latin-1: no-break space, « » § ° ·
    (0x0100, 0x017F),  # Latin Extended-A
    (0x0400, 0x052F),  # Cyrillic and its supplement
    (0x2010, 0x205E),  # general punctuation: – — ‘ ’ “ ” „ … •
    (0x20AC, 0x20AC),  # €
    (0x20BD, 0x20BD),  # ₽
    (0x2116, 0x2116),  # №
    (0x2122, 0x2122),  # ™
    (0x2212, 0x2212),  # minus
]

# fpdf draws outlines by their advance width; all of this is dead weight to it.
DROPPED = ["GSUB", "GPOS", "GDEF", "kern", "DSIG", "LTSH", "hdmx", "gasp"]


def make(source, target, style):
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.drop_tables += DROPPED
    options.notdef_outline = True
    options.recalc_timestamp = False
    font = TTFont(SOURCE + source, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[c for first, last in RANGES for c in range(first, last + 1)])
    cutter.subset(font)
    rename(font["name"], style)
    font.save(target)


def rename(names, style):
    """The licence does not allow a modified font to bear the original name."""
    copyright, version = names.getDebugName(0), names.getDebugName(5)
    texts = {
        0: copyright,
        1: FAMILY,
        2: style,
        3: f"{FAMILY} {style}: subset, {version}",
        4: f"{FAMILY} {style}",
        5: version,
        6: f"{FAMILY.replace(' ', '')}-{style}",
        13: "ParaType Free Font License; see the file LICENSE beside the font",
    }
    names.names = []
    for number, text in texts.items():
        names.setName(text, number, 3, 1, 0x409)


make("PTS55F.ttf", "regular.ttf", "Regular")
make("PTS75F.ttf", "bold.ttf", "Bold")
