package dev.udpfanout.bench.agreement;

import dev.udpfanout.bench.statistics.Estimate;

/**
 * A figure of a run that another run has as well.
 *
 * @param what it is of: the same text in each run, and in no other figure of the run
 * @param estimate with its interval
 * @param isRatio whether it was made round by round of two measurements: such a figure holds for other machines
 */
record ComparedFigure(String what, Estimate estimate, boolean isRatio) {}
