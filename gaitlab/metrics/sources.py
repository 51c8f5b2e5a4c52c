"""Sources of published values and formulas: authors, year, journal, identifier, participants and how values were read.

All were looked up: what no page confirmed is left out, and missing authors or identifiers are stated.
"""

from __future__ import annotations

# What gaitlab compared with before it had norms by speed; a check of those. Table 4 has 9 younger and 20 older runners
# and 10 younger and 10 older non-runners; the younger runners are used.
YOUNG_RUNNERS = (
    "Karamanidis & Arampatzis 2005, J Exp Biol 208:3907-3923, doi:10.1242/jeb.01830, table 4: 9 young male endurance "
    "runners at 2.7 m/s; mean ± SD"
)
# No paper on the combined data set was found; authors and year are those of its notebook (`BMC_RIC/notebooks`). One
# laboratory's paper is PeerJ 2017.
TWO_LABORATORIES = (
    "Fukuchi, Duarte & Ferber 2023, data set BMC_RIC (github.com/BMClab/datasets; one of its two laboratories: Fukuchi "
    "et al. 2017, PeerJ 5:e3298, doi:10.7717/peerj.3298): 46 runners, 23 in each, on treadmills at 2.5 m/s, markers in "
    "three dimensions; mean ± SD read off its figure to ± 0.5°"
)
# No paper is named on the page of the data; the year is that of the recordings, which were made in Canada.
WALKING_ADULTS = (
    "University of Maryland 2011, Department of Kinesiology, normative gait data (sph.umd.edu/department/knes/data), "
    "recorded at the Human Mobility Research Lab in Kingston, Ontario: 14 healthy adults of 21 to 58 years, level "
    "walkway, 1.45 ± 0.14 m/s, chosen by themselves; mean ± SD"
)
HEEL_WHIPS = (
    "Souza et al. 2015, PM&R 7:823-830, doi:10.1016/j.pmrj.2015.02.016: 256 recreational runners on a treadmill, "
    "filmed from behind; mean ± SD"
)
RETEST = (
    "Dingenen et al. 2018, Phys Ther Sport 33:40-47, doi:10.1016/j.ptsp.2018.06.009: 21 recreational runners filmed "
    "twice, a week apart; upper end of the smallest detectable differences"
)
SPRING_MASS = "Morin et al. 2005, J Appl Biomech 21:167-180, doi:10.1123/jab.21.2.167"
SYMMETRY_INDEX = "Robinson et al. 1987, J Manipulative Physiol Ther 10:172-176, PubMed 2958572"
SYMMETRY_ANGLE = "Zifchock et al. 2008, Gait Posture 27:622-627, doi:10.1016/j.gaitpost.2007.08.006"
# Computed here from the data set of this paper; n and speeds are those of the trials, see `python -m benchmarks.norms`.
SPEED_RUNNERS = (
    "Fukuchi, Fukuchi & Duarte 2017, PeerJ 5:e3298, doi:10.7717/peerj.3298, data set (CC BY): 12 of its 28 runners "
    "on a treadmill, force plates and markers measured as a film is; mean ± SD"
)
BIKE_FITTERS = (
    "Fonda et al. 2014, J Sports Sci 32:940-946, doi:10.1080/02640414.2013.868919: the saddle heights of bike "
    "fitters, 25 to 35° with the pedal held still; 11 cyclists measured while pedalling differed from that, and "
    "pictures showed 2.2° less than cameras in space"
)
# What follows it.
AT_SPEED = "; at {speed:.2f} m/s"
ANY_SPEED = "; widest over {low:.1f} to {high:.1f} m/s, because the speed is not known"
TRUNK_RUNNERS = (
    "Teng & Powers 2014, J Orthop Sports Phys Ther 44:785-792, doi:10.2519/jospt.2014.5249: 24 recreational runners "
    "(12 women) overground at 3.4 m/s, as they chose to lean; mean ± SD"
)
