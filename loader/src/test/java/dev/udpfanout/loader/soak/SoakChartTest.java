package dev.udpfanout.loader.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The picture is well-formed, has every line inside of its panel, and the table every figure. */
@Tag("unit")
class SoakChartTest {
    private static final List<Sample> SAMPLES =
            Samples.of(720, number -> 150_000 + number * 10, number -> 290 + number % 5, number -> 24);

    private static Document picture() throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(SoakChart.svg(SAMPLES).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldKeepEveryPointInsideOfThePicture() throws Exception {
        Element svg = picture().getDocumentElement();
        double width = Double.parseDouble(svg.getAttribute("width"));
        double height = Double.parseDouble(svg.getAttribute("height"));
        NodeList lines = svg.getElementsByTagName("polyline");
        assertTrue(lines.getLength() >= 7, "lines: " + lines.getLength());
        for (int i = 0; i < lines.getLength(); i++) {
            String[] points = ((Element) lines.item(i)).getAttribute("points").split(" ");
            assertEquals(SAMPLES.size() - 1, points.length);
            for (String point : points) {
                double x = Double.parseDouble(point.split(",")[0]);
                double y = Double.parseDouble(point.split(",")[1]);
                assertTrue(x >= 0 && x <= width && y >= 0 && y <= height, point);
            }
        }
    }

    @Test
    void shouldReadInDarkMode() throws Exception {
        String style = picture().getElementsByTagName("style").item(0).getTextContent();
        assertTrue(style.contains("prefers-color-scheme: dark"), style);
    }

    @Test
    void shouldTellEveryFigureInTheTable() {
        String table = SoakTable.of(SAMPLES);
        Figure.ALL.forEach(figure -> assertTrue(table.contains("| " + figure.name() + " |"), table));
        assertTrue(table.contains("| sent, datagrams a second | 20,000 | 20,000 |"), table);
    }
}
