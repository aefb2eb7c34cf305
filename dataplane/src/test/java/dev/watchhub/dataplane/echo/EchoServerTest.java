package dev.watchhub.dataplane.echo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.dataplane.RawHttp;
import dev.watchhub.http.ListenAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EchoServerTest {
  private final EchoServer echo = EchoServer.start(ListenAddress.loopback(0));

  @AfterEach
  void close() {
    echo.close();
  }

  private HttpRequest.Builder request(String pathQuery) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + echo.port() + pathQuery));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode answer(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer = send(request);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    return new JsonMapper().readTree(answer.body());
  }

  private static JsonNode json(String text) throws IOException {
    return new JsonMapper().readTree(text);
  }

  @Test
  void tellsWhatItWasAsked() throws Exception {
    JsonNode answer =
        answer(request("/get?a=1&b=x%20y+z&a=2&c").header("x-some-THING", "1").header("A", "é"));

    assertThat(answer.get("args"))
        .isEqualTo(json("{\"a\":[\"1\",\"2\"],\"b\":\"x y z\",\"c\":\"\"}"));
    assertThat(answer.at("/headers/X-Some-Thing").textValue()).isEqualTo("1");
    assertThat(answer.at("/headers/Host").textValue()).isEqualTo("127.0.0.1:" + echo.port());
    assertThat(answer.get("method").textValue()).isEqualTo("GET");
    assertThat(answer.get("origin").textValue()).isEqualTo("127.0.0.1");
    assertThat(answer.get("url").textValue())
        .isEqualTo("http://127.0.0.1:" + echo.port() + "/get?a=1&b=x%20y+z&a=2&c");
    assertThat(answer.get("data").textValue()).isEmpty();
    assertThat(answer.get("json").isNull()).isTrue();
    assertThat(answer.get("form")).isEqualTo(json("{}"));
    assertThat(answer.get("files")).isEqualTo(json("{}"));
  }

  @Test
  void showsAnyPathAsItCame() throws Exception {
    String path = "/anything/a%2Fb;x=1/c%20d//%25/%2e";

    assertThat(answer(request(path)).get("url").textValue())
        .isEqualTo("http://127.0.0.1:" + echo.port() + path);
  }

  @Test
  void readsABodyAsTextAndAsJson() throws Exception {
    JsonNode json = answer(request("/put").PUT(BodyPublishers.ofString("{\"a\":[1,\"ü\"]}")));
    assertThat(json.get("data").textValue()).isEqualTo("{\"a\":[1,\"ü\"]}");
    assertThat(json.get("json")).isEqualTo(json("{\"a\":[1,\"ü\"]}"));

    JsonNode text = answer(request("/put").PUT(BodyPublishers.ofString("1 2")));
    assertThat(text.get("data").textValue()).isEqualTo("1 2");
    assertThat(text.get("json").isNull()).isTrue();

    JsonNode bytes =
        answer(request("/put").PUT(BodyPublishers.ofByteArray(new byte[] {(byte) 0xff, 0})));
    assertThat(bytes.get("data").textValue())
        .isEqualTo("data:application/octet-stream;base64,/wA=");
  }

  @Test
  void readsAForm() throws Exception {
    JsonNode answer =
        answer(
            request("/post")
                .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
                .POST(BodyPublishers.ofString("a=1&a=%C3%BC&bad=%zz")));

    assertThat(answer.get("form")).isEqualTo(json("{\"a\":[\"1\",\"ü\"],\"bad\":\"%zz\"}"));
    assertThat(answer.get("data").textValue()).isEmpty();
  }

  @Test
  void readsAMultipartForm() throws Exception {
    String body =
        """
        --b
        Content-Disposition: form-data; name="a"

        1
        --b
        Content-Disposition: form-data; name="f"; filename="f.txt"

        content
        --b--
        """
            .replace("\n", "\r\n");

    JsonNode answer =
        answer(
            request("/post")
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofString(body)));
    HttpResponse<String> torn =
        send(
            request("/post")
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofString("--b\r\nhalf")));

    assertThat(answer.get("form")).isEqualTo(json("{\"a\":\"1\"}"));
    assertThat(answer.get("files")).isEqualTo(json("{\"f\":\"content\"}"));
    assertThat(torn.statusCode()).isEqualTo(400);
  }

  @Test
  void refusesABodyOverTheLimitWhetherItSaysItsLengthOrNot() throws Exception {
    byte[] big = "x".repeat((4 << 20) + 1).getBytes(UTF_8);
    byte[] limit = "x".repeat(4 << 20).getBytes(UTF_8);

    assertThat(answer(request("/post").POST(BodyPublishers.ofByteArray(limit))).get("data").size())
        .isZero();
    String known =
        RawHttp.exchange(
            echo.port(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n");
    assertThat(known).startsWith("HTTP/1.1 413").contains("application/problem+json");
    HttpResponse<String> chunked =
        send(
            request("/post")
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(big))));
    assertThat(chunked.statusCode()).isEqualTo(413);
  }
}
