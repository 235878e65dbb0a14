package dev.udpfanout.loader.doctor;

/**
 * What came of one check.
 *
 * @param check which, for example {@code "forwarding"}
 * @param result how it went
 * @param finding what is so
 * @param mend what to do about it; empty if nothing has to be done
 */
public record Diagnosis(String check, Result result, String finding, String mend) {
    /** How a check went, worst last. */
    public enum Result {
        OK,
        /** It could not be looked at; the mend says who can. */
        NOT_CHECKED,
        /** It may be meant so, or do no harm yet. */
        WARNING,
        /** Datagrams are lost, or changed in a way that nobody wants. */
        PROBLEM
    }

    static Diagnosis ok(String check, String finding) {
        return new Diagnosis(check, Result.OK, finding, "");
    }

    static Diagnosis notChecked(String check, String why, String mend) {
        return new Diagnosis(check, Result.NOT_CHECKED, why, mend);
    }

    static Diagnosis warning(String check, String finding, String mend) {
        return new Diagnosis(check, Result.WARNING, finding, mend);
    }

    static Diagnosis problem(String check, String finding, String mend) {
        return new Diagnosis(check, Result.PROBLEM, finding, mend);
    }
}
