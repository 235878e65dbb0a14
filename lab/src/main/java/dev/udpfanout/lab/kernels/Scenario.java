package dev.udpfanout.lab.kernels;

/** One thing that has to work on a kernel. */
interface Scenario {
    /** One word. */
    String name();

    /** Builds its own lab, tries, and takes the lab away; an exception is a failure. */
    Outcome run() throws Exception;
}
