"""A measurement of your own

How far does the knee give way after the foot strikes? No table has it, but angles and contacts are there: a row a frame
and a row a contact. Here it is the peak knee flexion in stance less that at foot strike, a value for each contact.
"""

import numpy as np
import pandas as pd

import gaitlab

session = gaitlab.open_session("reports/demo")
angles = session.angles.set_index("time_s")


def give_deg(contact) -> float:
    """Return how much further the knee bends in one contact than at its foot strike, degrees."""
    flexion_deg = angles[f"{contact.side}_knee_flexion_deg"]
    at_strike_deg = np.interp(contact.foot_strike_s, flexion_deg.index, flexion_deg)
    return flexion_deg[contact.foot_strike_s : contact.toe_off_s].max() - at_strike_deg


contacts = session.events.query("accepted and toe_off_s.notna()")
values = pd.DataFrame({"side": contacts["side"], "give_deg": [give_deg(contact) for contact in contacts.itertuples()]})
table = values.groupby("side")["give_deg"].agg(["count", "mean", "std", "min", "max"]).round(1).reset_index()
print(table.to_string(index=False))
