"""Speed and memory against bare programs, as ratios in one run."""
