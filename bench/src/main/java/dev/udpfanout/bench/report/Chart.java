package dev.udpfanout.bench.report;

/**
 * A chart that answers a question.
 *
 * @param question what a reader wants to know
 * @param svg the chart
 * @param scale what is drawn, and in which unit
 * @param answer in a sentence, by the figures
 */
record Chart(String question, String svg, String scale, String answer) {
    String asHtml() {
        return "<figure><h3>" + Table.escaped(question) + "</h3><p class=\"small\">" + Table.escaped(scale) + "</p>"
                + svg + "<figcaption>" + Table.escaped(answer) + "</figcaption></figure>\n";
    }
}
