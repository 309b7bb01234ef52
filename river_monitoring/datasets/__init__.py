"""What this room holds of a district, as rows: waters, reaches, chiefs, points, outfalls, samples of years past."""

from river_monitoring.datasets.chiefs import CHIEFS
from river_monitoring.datasets.outfalls import OUTFALLS
from river_monitoring.datasets.points import POINTS
from river_monitoring.datasets.samples import SAMPLES
from river_monitoring.datasets.waters import REACHES, RIVERS

DATASETS = (RIVERS, REACHES, CHIEFS, POINTS, OUTFALLS, SAMPLES)
