package dev.udpfanout.loader.chaos;

/** Whether links of TCX are there: Linux 6.6. */
final class Tcx {
    private static final int MAJOR = 6;
    private static final int MINOR = 6;

    private Tcx() {}

    /** By the running kernel's version: {@code uname -r}. */
    static boolean isThere() {
        String[] version = System.getProperty("os.version").split("[^0-9]", 3);
        int major = Integer.parseInt(version[0]);
        return major > MAJOR || major == MAJOR && Integer.parseInt(version[1]) >= MINOR;
    }
}
