package dev.udpfanout.loader.config;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param file as the operator named it
 * @param line 1 for the first; 0 if the file could not be read at all
 * @param path where in the document, for example {@code listeners[0].bind}; empty for the document itself
 * @param message what is wrong and what would be right
 */
public record ConfigProblem(String file, int line, String path, String message) {
    /** One line: {@code config.yaml:7: listeners[0].bind: port 70000 is not in 1..65535}. */
    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + ": " + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
