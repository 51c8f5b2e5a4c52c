"""Detection and tracking of tape dots on heel counter and calf, the clinical method for the rearfoot angle."""
