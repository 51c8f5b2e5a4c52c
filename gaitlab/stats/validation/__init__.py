"""Agreement of measurements with a truth: matching, time offset, Bland-Altman, ICC, waveforms."""
