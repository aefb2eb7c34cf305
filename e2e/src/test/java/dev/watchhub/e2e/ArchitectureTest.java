package dev.watchhub.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Dependencies point one way. */
@Tag("slow")
final class ArchitectureTest {
  private static final JavaClasses TREE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.watchhub");

  @Test
  void pgoutputAndLogKnowNeitherJdbcNorHttpNorEachOther() {
    noClasses()
        .that()
        .resideInAnyPackage("..hub.pgoutput..", "..hub.log..", "dev.watchhub.protocol..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..", "org.postgresql..", "org.eclipse.jetty..", "io.javalin..", "..http..")
        .check(TREE);
    noClasses()
        .that()
        .resideInAPackage("..hub.pgoutput..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..hub.log..")
        .check(TREE);
    noClasses()
        .that()
        .resideInAPackage("..hub.log..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..hub.pgoutput..", "..hub.fanout..", "..hub.replication..")
        .check(TREE);
  }

  @Test
  void theHubsPartsDependOneWay() {
    noClasses()
        .that()
        .resideInAPackage("..hub.fanout..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "..hub.http..", "..hub.replication..", "java.sql..", "org.eclipse.jetty..")
        .check(TREE);
    noClasses()
        .that()
        .resideInAPackage("..hub.replication..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..hub.http..", "..hub.fanout..", "..hub.relay..")
        .check(TREE);
    noClasses()
        .that()
        .resideInAPackage("..hub.relay..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..hub.http..", "..hub.fanout..")
        .check(TREE);
  }

  @Test
  void onlyTheReplicationAndTheRelayOfTheHubTalkToTheDatabase() {
    noClasses()
        .that()
        .resideInAPackage("dev.watchhub.hub..")
        .and()
        .resideOutsideOfPackages("..hub.replication..", "..hub.relay..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "org.postgresql..")
        .check(TREE);
  }

  @Test
  void thePlanesDoNotKnowEachOther() {
    String[] planes = {
      "dev.watchhub.hub..", "dev.watchhub.controlplane..", "dev.watchhub.dataplane.."
    };
    for (String plane : planes) {
      for (String other : planes) {
        if (!plane.equals(other)) {
          noClasses()
              .that()
              .resideInAPackage(plane)
              .should()
              .dependOnClassesThat()
              .resideInAPackage(other)
              .check(TREE);
        }
      }
    }
  }

  @Test
  void theCheckerSharesNothingWithWhatItChecks() {
    noClasses()
        .that()
        .resideInAPackage("dev.watchhub.verify..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.watchhub.hub..", "dev.watchhub.client..")
        .check(TREE);
    noClasses()
        .that()
        .resideInAPackage("dev.watchhub.verify")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "java.net..", "org.postgresql..")
        .check(TREE);
  }

  @Test
  void theRulesOfTypedValuesKnowNeitherCallsNorSql() {
    noClasses()
        .that()
        .resideInAPackage("dev.watchhub.controlplane.typed..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.javalin..",
            "java.sql..",
            "dev.watchhub.controlplane.api..",
            "dev.watchhub.controlplane.store..")
        .check(TREE);
  }

  @Test
  void packagesFormNoCycles() {
    slices().matching("dev.watchhub.(**)").should().beFreeOfCycles().check(TREE);
  }

  @Test
  void nothingIsNamedAfterNothing() {
    classes()
        .that()
        .resideInAPackage("dev.watchhub..")
        .should()
        .resideOutsideOfPackages("..util..", "..common..", "..impl..", "..model..", "..helper..")
        .check(TREE);
    noClasses()
        .that()
        .resideInAPackage("dev.watchhub..")
        .should()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Manager")
        .check(TREE);
  }
}
