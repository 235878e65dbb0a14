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
                text.append(line).append('\n');
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
