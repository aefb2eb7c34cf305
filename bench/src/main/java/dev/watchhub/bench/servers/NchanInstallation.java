package dev.watchhub.bench.servers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * nginx with the module nchan, where a distribution puts them.
 *
 * @param nginx the program
 * @param module the shared object
 */
public record NchanInstallation(Path nginx, Path module) {
  private static final List<String> MODULE_PLACES =
      List.of(
          "/usr/lib/nginx/modules",
          "/usr/lib64/nginx/modules",
          "/usr/local/lib/nginx/modules",
          "/usr/share/nginx/modules");

  /** What is missing when {@link #find} finds nothing. */
  public static final String MISSING =
      "no nginx with ngx_nchan_module.so is installed (Debian: nginx, libnginx-mod-nchan)";

  /** The one on the PATH, or in the usual places. */
  public static Optional<NchanInstallation> find() {
    Optional<Path> module =
        MODULE_PLACES.stream()
            .map(place -> Path.of(place, "ngx_nchan_module.so"))
            .filter(Files::isReadable)
            .findFirst();
    return NginxServer.program().flatMap(n -> module.map(m -> new NchanInstallation(n, m)));
  }
}
