"""Which drawing shows which gear. Gear that no drawing resembles has no picture."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from app.sample.catalogue import SampleEquipment
from app.sample.drawings import audio, desks, lighting, microphones, racks, stage, video
from app.sample.drawings.canvas import Canvas

Drawing = Callable[[Canvas], None]

SUBCATEGORY_DRAWINGS: Final[Mapping[str, Drawing]] = MappingProxyType(
    {
        "Moving heads": lighting.moving_head,
        "LED bars & battens": lighting.batten,
        "Profiles": lighting.profile,
        "Followspots": lighting.followspot,
        "DI boxes": audio.di_box,
        "Mixing desks": desks.mixing_desk,
        "Stageboxes": racks.stagebox,
        "Line array": audio.line_array,
        "Subwoofers": audio.subwoofer,
        "Point source": audio.point_source,
        "Amplifiers": racks.amplifier,
        "Projectors": video.projector,
        "Lenses": video.zoom_lens,
        "Displays": video.display,
        "Motors": stage.chain_hoist,
        "Truss": stage.truss,
        "Multicore": stage.cable,
        "Power cables": stage.cable,
        "Audio cables": stage.cable,
        "DMX & network": stage.cable,
        "Video cables": stage.cable,
        "Flight cases": stage.flight_case,
        "Tape": stage.tape,
        "Batteries": stage.batteries,
        "Haze fluid": stage.canister,
    }
)

_SKUS_OF_DRAWINGS: Final[tuple[tuple[Drawing, str], ...]] = (
    (microphones.handheld_microphone, "MIC-SM58 MIC-B58A MIC-E935 MIC-KMS105"),
    (microphones.studio_microphone, "MIC-U87 MIC-C414"),
    (microphones.pencil_microphone, "MIC-KM184 MIC-MKH416"),
    (microphones.radio_microphone, "RF-ULXD2B58 RF-AD2K8 RF-EWDXSKM"),
    (microphones.bodypack, "RF-ULXD1 RF-EWDXSK RF-P10R"),
    (racks.radio_receiver, "RF-ULXD4Q RF-AD4Q RF-EWDXEM4 RF-P10T"),
    (audio.media_player, "PLY-CDJ3000"),
    (audio.beltpack, "COM-BOLERO COM-RS701"),
    (lighting.moving_wash, "LGT-SPIIDER LGT-LB150 LGT-AURAXB LGT-BEYEK20 LGT-A7"),
    (lighting.par, "LGT-SGMP5 LGT-AX5 LGT-CSPAR LGT-SIX200IP"),
    (lighting.tubes, "LGT-TITAN LGT-AX1"),
    (lighting.strobe, "LGT-JDC1"),
    (lighting.blinder, "LGT-CUEWW4"),
    (desks.console, "CTL-MA3L CTL-MA3CXT CTL-IONXE CTL-MQ80"),
    (lighting.hazer, "FX-ATME FX-TOURHZ FX-UNIQ21 FX-VIPERNT"),
    (video.led_wall, "LED-BP2 LED-CB5"),
    (video.switcher, "SWI-V160"),
    (video.camera, "CAM-URSAG2"),
    (video.ptz_camera, "CAM-UE100"),
    (video.server, "SRV-VX2 SRV-RESO PLY-QLAB"),
    (video.converter, "CNV-MDHX CNV-12GSH"),
    (stage.shackle, "RIG-SHACK325"),
    (stage.deck, "STG-NIV21 STG-NIV11"),
    (stage.microphone_stand, "STD-KM2109 STD-KM259"),
    (stage.distribution, "PWR-D63S PWR-D32"),
    (stage.flight_case, "CAS-TRUNK"),
)


def _by_sku() -> Iterator[tuple[str, Drawing]]:
    for drawing, skus in _SKUS_OF_DRAWINGS:
        for sku in skus.split():
            yield sku, drawing


# A drawing named for an item wins over that of its subcategory.
SKU_DRAWINGS: Final[Mapping[str, Drawing]] = MappingProxyType(dict(_by_sku()))

# Items that look unlike the rest of their subcategory.
WITHOUT_PICTURE: Final = frozenset(
    {
        "ACC-S4EDLT", "LGT-ROBOSPT", "AMP-LARAK", "AMP-P1", "RIG-CTRL8", "RIG-HAND500",
        "RIG-LOADC", "TRS-H30BOX", "TRS-BASE30", "TRS-TOWER", "CBL-SOCBRK", "CBL-RAMP5", "CBL-SCH3W",
        "CBL-MULTI24", "CBL-CAT75D", "CBL-OPT150", "CBL-SDI50D", "CBL-USBC2", "NET-GC16", "NET-GC10",
        "CAS-DOLLYK2",
    }
)  # fmt: skip


def drawing_for(equipment: SampleEquipment) -> Drawing | None:
    """The drawing that resembles the gear; None when there is none."""
    if equipment.sku in WITHOUT_PICTURE:
        return None
    return SKU_DRAWINGS.get(equipment.sku) or SUBCATEGORY_DRAWINGS.get(equipment.subcategory)


def picture_for(equipment: SampleEquipment) -> bytes | None:
    """A drawing of the gear as PNG of 960 by 720 pixels, or None when there is none that resembles it.

    Gear of the same look shares one picture, byte for byte.
    """
    drawing = drawing_for(equipment)
    return draw(drawing) if drawing else None


@cache
def draw(drawing: Drawing) -> bytes:
    """The drawing as PNG; made once and kept."""
    canvas = Canvas()
    drawing(canvas)
    return canvas.png()
