package dev.watchhub.controlplane.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaDirectoryTest {
  @TempDir private Path directory;

  private void file(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text.replace('\'', '"'));
  }

  @Test
  void readsEachFileAsACollection() throws Exception {
    file("flags.json", "{'type':'object','additionalProperties':{'type':'boolean'}}");
    file("any.json", "true");
    file("README.md", "no schema");

    var types = SchemaDirectory.read(directory);

    assertThat(types).extracting(CollectionType::name).containsExactly("any", "flags");
    var value = new JsonMapper().readTree("{\"a\":true,\"b\":1}");
    assertThat(types.get(0).faults(value)).isEmpty();
    assertThat(types.get(1).faults(value)).extracting(ValueFault::pointer).containsExactly("/b");
    assertThat(types.get(1).faults(value).get(0).detail()).startsWith("'b' is 1; expected");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "flags.json  | {'type':                                  | line 1",
        "flags.json  | {'type':'object','type':'array'}          | line 1",
        "flags.json  | {'type':'objekt'}                         | /type",
        "flags.json  | 7                                         | 7",
        "flags.json  | {'pattern':'('}                           | pattern",
        "flags.json  | {'properties':{'a':{'pattern':'(?=b)a'}}} | pattern '(?=b)a'",
        "flags.json  | {'$ref':'#/$defs/nowhere'}                | nowhere",
        "flags.json  | {'$ref':'https://example.org/a.json'}     | example.org",
        "flags.json  | {'$ref':'file:///etc/passwd'}             | /etc/passwd",
        "flags.json  | {'$schema':'http://json-schema.org/draft-07/schema#'} | 2020-12",
        "Flags.json  | {}                                        | small letters",
        "a.b.json    | {}                                        | small letters",
        "routes.json | {}                                        | other than",
        "txn.json    | {}                                        | other than"
      })
  void namesTheFileThatIsNoSchemaAndSaysWhy(String name, String text, String reason)
      throws Exception {
    file(name, text);

    assertThatThrownBy(() -> SchemaDirectory.read(directory))
        .isInstanceOf(BadSchemaException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }

  @Test
  void namesADirectoryThatCannotBeRead() {
    assertThatThrownBy(() -> SchemaDirectory.read(directory.resolve("none")))
        .isInstanceOf(BadSchemaException.class)
        .hasMessageContaining("none");
  }
}
