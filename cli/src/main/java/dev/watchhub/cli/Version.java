package dev.watchhub.cli;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"watchhub " + number()};
  }

  /** The number alone. */
  static String number() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "not packaged" : version;
  }
}
