"""Colors, typography and spacing of the page; `assets/aloud.css` repeats the colors."""

from __future__ import annotations

from gradio.themes import Base
from gradio.themes.utils import sizes
from gradio.themes.utils.colors import Color

FONT = (
    "ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif",
)  # fmt: skip
MONO = ("ui-monospace", "SF Mono", "Cascadia Mono", "Noto Sans Mono", "monospace")

PINE = Color(
    name="pine",
    c50="#eef7f4",
    c100="#d7ece5",
    c200="#b0d9cc",
    c300="#7fc4af",
    c400="#4fb196",
    c500="#1f8f74",
    c600="#0f6e58",
    c700="#0c5a48",
    c800="#0b483b",
    c900="#093a30",
    c950="#04211b",
)
PAPER = Color(
    name="paper",
    c50="#faf9f6",
    c100="#f4f2ed",
    c200="#e6e3db",
    c300="#d2cec4",
    c400="#a9a498",
    c500="#77736a",
    c600="#5d5a52",
    c700="#45433d",
    c800="#2b2a26",
    c900="#1d1c1a",
    c950="#141412",
)


class Studio(Base):
    """Warm paper, dark ink, one pine green."""

    def __init__(self) -> None:
        super().__init__(
            primary_hue=PINE,
            secondary_hue=PINE,
            neutral_hue=PAPER,
            spacing_size=sizes.spacing_md,
            radius_size=sizes.radius_lg,
            text_size=sizes.text_md,
            font=FONT,
            font_mono=MONO,
        )
        self.set(
            body_background_fill="#f6f4ef",
            body_background_fill_dark="#131412",
            body_text_color="#1d1c1a",
            body_text_color_dark="#eceae4",
            body_text_color_subdued="#5d5a52",
            body_text_color_subdued_dark="#aaa69c",
            background_fill_primary="#ffffff",
            background_fill_primary_dark="#1c1d1a",
            background_fill_secondary="#f4f2ed",
            background_fill_secondary_dark="#242622",
            border_color_primary="#e3e0d7",
            border_color_primary_dark="#34362f",
            border_color_accent="#0f6e58",
            border_color_accent_dark="#5cc9ab",
            color_accent="#0f6e58",
            color_accent_soft="#e2f1ec",
            color_accent_soft_dark="#16352c",
            block_background_fill="transparent",
            block_background_fill_dark="transparent",
            block_border_width="0px",
            block_border_width_dark="0px",
            block_shadow="none",
            block_shadow_dark="none",
            block_padding="0px",
            block_label_background_fill="transparent",
            block_title_text_color="#1d1c1a",
            block_title_text_color_dark="#eceae4",
            block_title_text_size="14px",
            block_title_text_weight="600",
            block_info_text_color="#5d5a52",
            block_info_text_color_dark="#aaa69c",
            block_info_text_size="13px",
            panel_border_width="0px",
            layout_gap="16px",
            form_gap_width="0px",
            input_background_fill="#ffffff",
            input_background_fill_dark="#151614",
            input_border_color="#c9c5ba",
            input_border_color_dark="#4a4d45",
            input_border_color_focus="#0f6e58",
            input_border_color_focus_dark="#5cc9ab",
            input_border_width="1px",
            input_shadow="none",
            input_shadow_focus="none",
            input_radius="8px",
            input_padding="8px 12px",
            slider_color="#0f6e58",
            slider_color_dark="#5cc9ab",
            loader_color="#0f6e58",
            loader_color_dark="#5cc9ab",
            button_primary_background_fill="#0f6e58",
            button_primary_background_fill_hover="#0c5a48",
            button_primary_background_fill_dark="#5cc9ab",
            button_primary_background_fill_hover_dark="#7ad9bf",
            button_primary_text_color="#ffffff",
            button_primary_text_color_dark="#04211b",
            button_primary_border_color="transparent",
            button_primary_border_color_dark="transparent",
            button_secondary_background_fill="#ffffff",
            button_secondary_background_fill_dark="#242622",
            button_secondary_background_fill_hover="#f0ede6",
            button_secondary_background_fill_hover_dark="#30332d",
            button_secondary_text_color="#1d1c1a",
            button_secondary_text_color_dark="#eceae4",
            button_secondary_border_color="#c9c5ba",
            button_secondary_border_color_dark="#4a4d45",
            button_border_width="1px",
            button_transition="background-color 120ms, border-color 120ms",
            button_large_radius="8px",
            button_medium_radius="8px",
            button_small_radius="8px",
            button_large_text_weight="600",
            button_medium_text_weight="500",
            checkbox_border_color="#85817a",  # 3:1, or an empty box is not seen
            checkbox_border_color_dark="#8b887e",
            checkbox_background_color_selected="#0f6e58",
            checkbox_background_color_selected_dark="#1f8f74",
        )
