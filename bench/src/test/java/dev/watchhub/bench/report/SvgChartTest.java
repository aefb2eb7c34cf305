package dev.watchhub.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.bench.harness.Spread;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

final class SvgChartTest {
  private final ChartData data =
      new ChartData(
          "Fast & <slow>",
          "writers",
          "puts/s",
          false,
          List.of("1", "8", "64"),
          List.of(
              new ChartData.Series(
                  "hub", List.of(one(3000), one(7000), Optional.of(new Spread(9, 8, 10, 3)))),
              new ChartData.Series("etcd", List.of(one(900), Optional.empty(), one(4000)))));

  private static Optional<Spread> one(double value) {
    return Optional.of(new Spread(value, value, value, 1));
  }

  @Test
  void drawsAPointForEachMedianAndNoneForWhatWasNotMeasured() throws Exception {
    Document svg = parse(SvgChart.lines("a.svg", data));

    assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(5);
    assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(2);
  }

  @Test
  void drawsABarForEachMedian() throws Exception {
    Document svg = parse(SvgChart.bars("a.svg", data));

    int background = 1;
    int legend = 2;
    assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(background + legend + 5);
  }

  @Test
  void namesEverythingInTheChart() throws Exception {
    String text = parse(SvgChart.lines("a.svg", data)).getDocumentElement().getTextContent();

    assertThat(text).contains("Fast & <slow>", "writers", "puts/s", "hub", "etcd", "64", "8,000");
  }

  @Test
  void drawsAnEmptyChartWhenNothingWasMeasured() throws Exception {
    ChartData empty = new ChartData("t", "x", "y", true, List.of(), List.of());

    assertThat(parse(SvgChart.bars("a.svg", empty)).getElementsByTagName("rect").getLength())
        .isEqualTo(1);
  }

  @Test
  void theAxisEndsAtARoundNumberAboveTheLargest() {
    assertThat(Scale.of(false, 1, 9_400).to()).isEqualTo(10_000);
    assertThat(Scale.of(false, 0.1, 0.9).lines()).hasSize(6);
    assertThat(Scale.of(false, 0, 0).to()).isEqualTo(1);
    assertThat(Scale.of(false, 1, 9_400).height(5_000)).isEqualTo(0.5);
  }

  @Test
  void aLogarithmicAxisGoesFromPowerToPower() {
    Scale scale = Scale.of(true, 0.3, 250);

    assertThat(scale.lines()).hasSize(5);
    assertThat(scale.from()).isEqualTo(0.1);
    assertThat(scale.to()).isEqualTo(1_000);
    assertThat(scale.height(10)).isEqualTo(0.5);
  }

  private static Document parse(Chart chart) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(chart.svg().getBytes(UTF_8)));
  }
}
