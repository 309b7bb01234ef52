"""The signs of points, besides the circle: for the sprite, the legend and the small pictures alike."""

# Corners within about a circle of radius 1, y downwards.
SHAPE_POINTS: dict[str, list[tuple[float, float]]] = {
    "square": [(-0.82, -0.82), (0.82, -0.82), (0.82, 0.82), (-0.82, 0.82)],
    "triangle": [(0, -1), (0.95, 0.72), (-0.95, 0.72)],
    "diamond": [(0, -1.05), (1.05, 0), (0, 1.05), (-1.05, 0)],
    "star": [(0, -1.1), (0.27, -0.37), (1.05, -0.34), (0.43, 0.14), (0.65, 0.89), (0, 0.45), (-0.65, 0.89),
             (-0.43, 0.14), (-1.05, -0.34), (-0.27, -0.37)],
    "cross": [(-0.35, -1), (0.35, -1), (0.35, -0.35), (1, -0.35), (1, 0.35), (0.35, 0.35), (0.35, 1), (-0.35, 1),
              (-0.35, 0.35), (-1, 0.35), (-1, -0.35), (-0.35, -0.35)],
}  # fmt: skip
