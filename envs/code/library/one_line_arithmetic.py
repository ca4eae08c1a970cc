"""Level 1: arithmetic on a few numbers."""

from __future__ import annotations

from envs.code.draw import integer, number
from envs.code.problem import problem


@problem(
    level=1,
    statement="Return the square of the integer `number`.",
    edges=[(3,), (-4,), (0,), (11,)],
    draw=lambda rng: (integer(rng, -50, 50),),
    wrong=["return number * 2", "return number ** 3", "return number * abs(number)"],
)
def square(number: int) -> int:
    return number * number


@problem(
    level=1,
    statement="Return the absolute difference between the integers `first` and `second`: how far apart they are.",
    edges=[(3, 10), (10, 3), (-2, 5), (4, 4)],
    draw=lambda rng: (integer(rng, -50, 50), integer(rng, -50, 50)),
    wrong=["return first - second", "return second - first", "return abs(first) - abs(second)"],
)
def absolute_difference(first: int, second: int) -> int:
    return abs(first - second)


@problem(
    level=1,
    statement="Return the area of a rectangle whose sides are the integers `width` and `height`.",
    edges=[(3, 5), (7, 2), (0, 4), (6, 6)],
    draw=lambda rng: (integer(rng, 0, 40), integer(rng, 0, 40)),
    wrong=["return 2 * (width + height)", "return width + height", "return width * width"],
)
def rectangle_area(width: int, height: int) -> int:
    return width * height


@problem(
    level=1,
    statement="Return the perimeter of a rectangle whose sides are the integers `length` and `width`.",
    edges=[(3, 5), (7, 2), (1, 1), (10, 0)],
    draw=lambda rng: (integer(rng, 0, 40), integer(rng, 0, 40)),
    wrong=["return length + width", "return 2 * length + width", "return length * width"],
)
def rectangle_perimeter(length: int, width: int) -> int:
    return 2 * (length + width)


@problem(
    level=1,
    statement="Return the area of a circle with the given `radius`, using 3.14159 as the value of pi.",
    edges=[(1.0,), (2.5,), (0.0,), (10.0,)],
    draw=lambda rng: (number(rng, 0, 30),),
    wrong=["return 2 * 3.14159 * radius", "return 3.14159 * radius", "return 3.14 * radius ** 2"],
    comparison="float",
)
def circle_area(radius: float) -> float:
    return 3.14159 * radius**2


@problem(
    level=1,
    statement="""A right triangle has two short sides with the integer lengths `a` and `b`. Return the square of the
    length of its longest side.""",
    edges=[(3, 4), (1, 2), (5, 12), (0, 6)],
    draw=lambda rng: (integer(rng, 0, 30), integer(rng, 0, 30)),
    wrong=["return (a + b) ** 2", "return a * b", "return (a ** 2 + b ** 2) ** 0.5"],
)
def hypotenuse_squared(a: int, b: int) -> int:
    return a**2 + b**2


@problem(
    level=1,
    statement="""Return the Manhattan distance between the points (`x1`, `y1`) and (`x2`, `y2`): the absolute difference
    of the x coordinates plus the absolute difference of the y coordinates.""",
    edges=[(1, 2, 4, 6), (5, 1, 2, 3), (0, 0, 0, 0), (-3, 4, 3, -4), (2, 9, 7, 1)],
    draw=lambda rng: (integer(rng, -20, 20), integer(rng, -20, 20), integer(rng, -20, 20), integer(rng, -20, 20)),
    wrong=[
        "return abs(x1 - x2 + y1 - y2)",
        "return (x2 - x1) + (y2 - y1)",
        "return max(abs(x1 - x2), abs(y1 - y2))",
        "return abs(x1 - y1) + abs(x2 - y2)",
    ],
)
def manhattan_distance(x1: int, y1: int, x2: int, y2: int) -> int:
    return abs(x1 - x2) + abs(y1 - y2)


@problem(
    level=1,
    statement="Convert the temperature `celsius` from degrees Celsius to degrees Fahrenheit (times 9/5, plus 32).",
    edges=[(100.0,), (0.0,), (-40.0,), (36.6,)],
    draw=lambda rng: (number(rng, -60, 60, 1),),
    wrong=["return celsius * 9 / 5", "return (celsius + 32) * 9 / 5", "return celsius * 5 / 9 + 32"],
    comparison="float",
)
def celsius_to_fahrenheit(celsius: float) -> float:
    return celsius * 9 / 5 + 32


@problem(
    level=1,
    statement="Return how many seconds there are in `hours` hours; `hours` is an integer.",
    edges=[(1,), (5,), (0,), (24,)],
    draw=lambda rng: (integer(rng, 0, 100),),
    wrong=["return hours * 60", "return hours * 360", "return hours / 3600"],
)
def seconds_in_hours(hours: int) -> int:
    return hours * 3600


@problem(
    level=1,
    statement="""A clock with 24 hours (0 to 23) shows the full hour `hour`. Return the hour that it shows `passed`
    hours later, where `passed` is at least 0.""",
    edges=[(22, 5), (9, 4), (0, 24), (23, 1), (7, 50)],
    draw=lambda rng: (integer(rng, 0, 23), integer(rng, 0, 60)),
    wrong=[
        "return hour + passed",
        "return (hour + passed) % 12",
        "return hour + passed if hour + passed <= 24 else hour + passed - 24",
    ],
)
def hour_after(hour: int, passed: int) -> int:
    return (hour + passed) % 24


@problem(
    level=1,
    statement="Return what percentage `part` is of `whole`, as a number such as 25.0; `whole` is greater than 0.",
    edges=[(1.0, 4.0), (30.0, 40.0), (0.0, 5.0), (6.0, 3.0)],
    draw=lambda rng: (number(rng, 0, 50), number(rng, 1, 50)),
    wrong=["return part / whole", "return whole / part * 100 if part else 0.0", "return part * whole / 100"],
    comparison="float",
)
def percentage(part: float, whole: float) -> float:
    return part / whole * 100


@problem(
    level=1,
    statement="Return the price that is left when `price` is reduced by `percent` percent.",
    edges=[(80.0, 25.0), (50.0, 10.0), (19.5, 0.0), (40.0, 100.0)],
    draw=lambda rng: (number(rng, 1, 200), number(rng, 0, 100, 0)),
    wrong=["return price - percent", "return price * percent / 100", "return price * (1 + percent / 100)"],
    comparison="float",
)
def discounted_price(price: float, percent: float) -> float:
    return price * (1 - percent / 100)


@problem(
    level=1,
    statement="""Return the simple interest (without compounding) that `principal` earns in `years` years at `rate`
    percent a year; do not include the principal itself.""",
    edges=[(100.0, 5.0, 2.0), (250.0, 4.0, 3.0), (1000.0, 0.0, 7.0), (80.0, 2.5, 1.0)],
    draw=lambda rng: (number(rng, 10, 1000), number(rng, 0, 12, 1), number(rng, 1, 10, 0)),
    wrong=[
        "return principal * rate * years",
        "return principal * rate / 100",
        "return principal + principal * rate * years / 100",
        "return principal * (1 + rate / 100) ** years - principal",
    ],
    comparison="float",
)
def simple_interest(principal: float, rate: float, years: float) -> float:
    return principal * rate * years / 100


@problem(
    level=1,
    statement="Return the average speed of a trip of `distance` kilometres that takes `hours` hours (more than 0).",
    edges=[(100.0, 2.0), (45.0, 0.5), (0.0, 3.0), (7.0, 4.0)],
    draw=lambda rng: (number(rng, 0, 500), number(rng, 0.5, 10)),
    wrong=["return distance * hours", "return distance // hours", "return distance - hours"],
    comparison="float",
)
def average_speed(distance: float, hours: float) -> float:
    return distance / hours


@problem(
    level=1,
    statement="Each of `chickens` chickens has 2 legs and each of `cows` cows has 4. Return how many legs they have.",
    edges=[(3, 2), (1, 5), (0, 0), (4, 0)],
    draw=lambda rng: (integer(rng, 0, 30), integer(rng, 0, 30)),
    wrong=["return (chickens + cows) * 4", "return chickens * 4 + cows * 2", "return chickens + cows"],
)
def count_legs(chickens: int, cows: int) -> int:
    return chickens * 2 + cows * 4


@problem(
    level=1,
    statement="""Return how many boxes can be filled completely with `items` items when `size` items (at least 1) fill a
    box.""",
    edges=[(13, 5), (20, 4), (3, 7), (0, 2), (29, 10)],
    draw=lambda rng: (integer(rng, 0, 100), integer(rng, 1, 12)),
    wrong=["return items // size + 1", "return items % size", "return round(items / size)"],
)
def full_boxes(items: int, size: int) -> int:
    return items // size


@problem(
    level=1,
    statement="""Return how many buses are needed to carry `people` people when a bus carries `seats` people (at least
    1). The last bus may be partly empty; 0 people need 0 buses.""",
    edges=[(13, 5), (20, 4), (3, 7), (0, 2), (101, 50)],
    draw=lambda rng: (integer(rng, 0, 100), integer(rng, 1, 12)),
    wrong=["return people // seats", "return people // seats + 1", "return round(people / seats)"],
)
def buses_needed(people: int, seats: int) -> int:
    return (people + seats - 1) // seats


@problem(
    level=1,
    statement="""A sequence of integers starts with `first`, and each following number is `step` larger than the one
    before. Return the number at position `position`, where `first` stands at position 1.""",
    edges=[(3, 4, 3), (10, -2, 5), (7, 5, 1), (0, 3, 2), (-5, 6, 10)],
    draw=lambda rng: (integer(rng, -20, 20), integer(rng, -9, 9), integer(rng, 1, 30)),
    wrong=[
        "return first + position * step",
        "return first * step ** (position - 1)",
        "return first + step",
        "return (first + step) * (position - 1)",
    ],
)
def sequence_number_at(first: int, step: int, position: int) -> int:
    return first + (position - 1) * step
