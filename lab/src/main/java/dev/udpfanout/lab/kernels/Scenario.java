package dev.udpfanout.lab.kernels;

/** What has to work on a kernel: a lab, a daemon, and one check or several. */
interface Scenario {
    /** One word. */
    String name();

    /** Builds its own lab, tries, and takes the lab away; an exception is one more failed check. */
    void run(CheckReport report) throws Exception;
}
