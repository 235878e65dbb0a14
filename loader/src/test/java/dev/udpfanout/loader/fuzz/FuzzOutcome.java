package dev.udpfanout.loader.fuzz;

/** How a run of the fuzzer ended. The exit codes are those of libFuzzer, which Jazzer keeps: FuzzerOptions.h. */
enum FuzzOutcome {
    NOTHING_FOUND("nothing found"),
    THROWN("an input made the target throw, or ended the process; it is in the file crash-…"),
    TOO_SLOW("one input took too long; it is in the file timeout-…"),
    TOO_LARGE("the process took too much memory; the last input is in the file oom-…"),
    NOT_BEGUN(
            "Jazzer tried no input within its time for the start; that is no finding, run it again on a calmer machine"),
    NOT_ENDED("Jazzer did not end after its time, though no input took too long; that is no finding, see its threads"),
    FAILED("Jazzer itself failed");

    private static final int TIMEOUT_EXIT_CODE = 70;
    private static final int OUT_OF_MEMORY_EXIT_CODE = 71;
    private static final int ERROR_EXIT_CODE = 77;

    private final String text;

    FuzzOutcome(String text) {
        this.text = text;
    }

    /** The outcome of a run that has ended by itself. */
    static FuzzOutcome of(int exitCode) {
        return switch (exitCode) {
            case 0 -> NOTHING_FOUND;
            case TIMEOUT_EXIT_CODE -> TOO_SLOW;
            case OUT_OF_MEMORY_EXIT_CODE -> TOO_LARGE;
            case ERROR_EXIT_CODE -> THROWN;
            default -> FAILED;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
