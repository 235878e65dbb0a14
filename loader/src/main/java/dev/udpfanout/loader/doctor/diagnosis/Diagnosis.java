package dev.udpfanout.loader.doctor.diagnosis;

import java.util.Optional;

/**
 * What came of one check.
 *
 * @param listener whose way was looked at; empty for the node as a whole
 * @param check which, for example {@code "ip_forward"}
 * @param result how it went
 * @param finding what is so
 * @param meaning what that does to datagrams; empty if nothing has to be said
 * @param mend what to do about it, a command where there is one; empty if nothing has to be done
 * @param fix what doctor itself can do about it, if that is safe
 */
public record Diagnosis(
        String listener, String check, Result result, String finding, String meaning, String mend, Optional<Fix> fix) {
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

    private Diagnosis(String check, Result result, String finding, String meaning, String mend) {
        this("", check, result, finding, meaning, mend, Optional.empty());
    }

    public static Diagnosis ok(String check, String finding) {
        return new Diagnosis(check, Result.OK, finding, "", "");
    }

    public static Diagnosis notChecked(String check, String why, String mend) {
        return new Diagnosis(check, Result.NOT_CHECKED, why, "", mend);
    }

    public static Diagnosis warning(String check, String finding, String mend) {
        return warning(check, finding, "", mend);
    }

    /** One with what it means. */
    public static Diagnosis warning(String check, String finding, String meaning, String mend) {
        return new Diagnosis(check, Result.WARNING, finding, meaning, mend);
    }

    public static Diagnosis problem(String check, String finding, String mend) {
        return problem(check, finding, "", mend);
    }

    /** One with what it means. */
    public static Diagnosis problem(String check, String finding, String meaning, String mend) {
        return new Diagnosis(check, Result.PROBLEM, finding, meaning, mend);
    }

    /** The same, of one listener. */
    public Diagnosis of(String itsListener) {
        return new Diagnosis(itsListener, check, result, finding, meaning, mend, fix);
    }

    /** The same, with what doctor can do about it. */
    public Diagnosis with(Fix itsFix) {
        return new Diagnosis(listener, check, result, finding, meaning, mend, Optional.of(itsFix));
    }

    /** Whether somebody has to look at it. */
    public boolean isBad() {
        return result == Result.WARNING || result == Result.PROBLEM;
    }
}
