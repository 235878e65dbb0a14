package dev.udpfanout.loader.cli.terminal;

/**
 * Puts words into lines of a terminal's width. A word that is longer than a line stays whole, as an address or a path
 * is to be copied.
 *
 * @param columns of a line; 0 for lines as long as they are, where there is no terminal
 */
public record WordWrap(int columns) {
    /** So many columns for words there are at least, however far they are moved in. */
    private static final int LEAST = 20;
    /** How much further in than a line its rest stands. */
    private static final int FURTHER = 4;

    /**
     * Folds a text whose lines are moved in already. What goes on is moved in further, so that it is no line of its
     * own.
     *
     * @param text lines that end with a newline
     */
    public String lines(String text) {
        StringBuilder folded = new StringBuilder();
        text.lines().forEach(line -> {
            String words = line.stripLeading();
            String start = line.substring(0, line.length() - words.length());
            append(folded, start, start.length() + FURTHER, words);
        });
        return folded.toString();
    }

    /**
     * Appends words, and ends the line.
     *
     * @param start what stands before them in the first line
     * @param indent how far the other lines are moved in, in columns
     */
    public void append(StringBuilder text, String start, int indent, String words) {
        int width = Math.max(columns, indent + LEAST);
        StringBuilder line = new StringBuilder(start);
        boolean isFresh = true;
        for (String word : words.split(" ", -1)) {
            boolean isFull = columns > 0 && !isFresh && line.length() + 1 + word.length() > width;
            if (isFull) {
                text.append(line.toString().stripTrailing()).append('\n');
                line.setLength(0);
                line.append(" ".repeat(indent));
            } else if (!isFresh) {
                line.append(' ');
            }
            line.append(word);
            isFresh = false;
        }
        text.append(line).append('\n');
    }
}
