package dev.watchhub.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * A value of a route, and who takes it. The admin API and the data plane read routes each by code
 * of its own; this table is what both are held to.
 *
 * @param value JSON
 * @param verdict who takes it
 */
public record RouteValue(String value, Verdict verdict) {
  /** Who takes a value. */
  public enum Verdict {
    /** The admin API and the data plane. */
    TAKEN,
    /** Neither of them. */
    REFUSED,
    /** The data plane; the admin API wants it written otherwise. */
    REFUSED_IN_WRITING
  }

  private static final List<String> GOOD_FIELDS =
      List.of(
          "'uri':'/'",
          "'uri':'/*'",
          "'uri':'/a/'",
          "'uri':'/a/*'",
          "'uri':'/caf%C3%A9/%2a'",
          "'uri':'/" + "a".repeat(2047) + "'",
          "'uri':'/a','host':'a'",
          "'uri':'/a','host':'*.Example.org'",
          "'uri':'/a','methods':['GET','M-SEARCH']",
          "'uri':'/a','priority':-1000",
          "'uri':'/a','priority':1000",
          "'uri':'/a/*','stripPrefix':true",
          "'uri':'/a','stripPrefix':false",
          "'uri':'/a','hostHeader':'keep'",
          "'uri':'/a','hostHeader':'upstream'",
          "'uri':'/a','hostHeader':'inner.example:8080'",
          "'uri':'/a','connectTimeoutMillis':1,'responseTimeoutMillis':3600000",
          "'uri':'/a','connectTimeoutMillis':30000");

  private static final List<String> BAD_FIELDS =
      List.of(
          "'host':'a'",
          "'uri':''",
          "'uri':7",
          "'uri':'a'",
          "'uri':'/" + "a".repeat(2048) + "'",
          "'uri':'/a*'",
          "'uri':'/*/a'",
          "'uri':'/a//b'",
          "'uri':'//*'",
          "'uri':'/a/./b'",
          "'uri':'/a/%2e%2e/b'",
          "'uri':'/a?b'",
          "'uri':'/a#b'",
          "'uri':'/a;b'",
          "'uri':'/a b'",
          "'uri':'/a%5cb'",
          "'uri':'/a%0a'",
          "'uri':'/a%zz'",
          "'uri':'/a','host':''",
          "'uri':'/a','host':'a:80'",
          "'uri':'/a','host':'*'",
          "'uri':'/a','host':'a.*'",
          "'uri':'/a','host':'a\\n'",
          "'uri':'/a','host':'" + "a".repeat(254) + "'",
          "'uri':'/a','host':true",
          "'uri':'/a','methods':'GET'",
          "'uri':'/a','methods':[]",
          "'uri':'/a','methods':[1]",
          "'uri':'/a','methods':['get']",
          "'uri':'/a','priority':1001",
          "'uri':'/a','priority':1.5",
          "'uri':'/a','priority':1.0",
          "'uri':'/a','priority':1e2",
          "'uri':'/a','priority':'1'",
          "'uri':'/a','priority':99999999999",
          "'uri':'/a','stripPrefix':true",
          "'uri':'/a/*','stripPrefix':'true'",
          "'uri':'/a','hostHeader':''",
          "'uri':'/a','hostHeader':'a b'",
          "'uri':'/a','hostHeader':'a\\r\\nX: b'",
          "'uri':'/a','hostHeader':1",
          "'uri':'/a','connectTimeoutMillis':0",
          "'uri':'/a','connectTimeoutMillis':30001",
          "'uri':'/a','responseTimeoutMillis':3600001",
          "'uri':'/a','responseTimeoutMillis':true");

  private static final List<String> OTHERWISE_FIELDS =
      List.of(
          "'uri':'/a','unknown':1",
          "'uri':'/a','host':null",
          "'uri':'/a','priority':null",
          "'uri':'/a','methods':['GET','GET']");

  private static final List<String> GOOD_UPSTREAMS =
      List.of(
          "'http://a'",
          "'HTTPS://a:1/'",
          "'http://[::1]:65535/base/x'",
          "[{'url':'http://a'}]",
          "[{'url':'http://a','weight':1000},{'url':'https://a'},{'url':'http://a/b','weight':1}]",
          "{'ref':'a'}",
          "{'ref':'pool/a'}",
          "{'ref':'" + "a".repeat(501) + "'}");

  private static final List<String> BAD_UPSTREAMS =
      List.of(
          "''",
          "7",
          "{}",
          "[]",
          "'a:80'",
          "'ftp://a'",
          "'http://'",
          "'http:///x'",
          "'http://u@a'",
          "'http://a?b'",
          "'http://a#b'",
          "'http://a\\n'",
          "'http://a:0'",
          "'http://a:65536'",
          "'http://a/../b'",
          "'http://a//b'",
          "['http://a']",
          "[{}]",
          "[{'url':7}]",
          "[{'url':'a'}]",
          "[{'url':'http://a','weight':0}]",
          "[{'url':'http://a','weight':1001}]",
          "[{'url':'http://a','weight':0.5}]",
          "[{'url':'http://a'},{'url':'http://a:80/'}]",
          "[" + "{'url':'http://a'},".repeat(100) + "{'url':'http://b'}]",
          "{'ref':''}",
          "{'ref':1}",
          "{'ref':null}",
          "{'ref':'a/'}",
          "{'ref':'a//b'}",
          "{'ref':'.'}",
          "{'ref':'a\\n'}",
          "{'ref':'" + "a".repeat(502) + "'}",
          "{'ref':'a','nodes':[{'url':'http://a'}]}");

  private static final List<String> OTHERWISE_UPSTREAMS =
      List.of("[{'url':'http://a','zone':'b'}]", "[{'url':'http://a','weight':null}]");

  /** All of them. */
  public static List<RouteValue> table() {
    List<RouteValue> table = new ArrayList<>();
    addFields(table, GOOD_FIELDS, Verdict.TAKEN);
    addFields(table, BAD_FIELDS, Verdict.REFUSED);
    addFields(table, OTHERWISE_FIELDS, Verdict.REFUSED_IN_WRITING);
    addUpstreams(table, GOOD_UPSTREAMS, Verdict.TAKEN);
    addUpstreams(table, BAD_UPSTREAMS, Verdict.REFUSED);
    addUpstreams(table, OTHERWISE_UPSTREAMS, Verdict.REFUSED_IN_WRITING);
    add(table, "{'uri':'/a'}", Verdict.REFUSED);
    return table;
  }

  private static void addFields(List<RouteValue> table, List<String> fields, Verdict verdict) {
    fields.forEach(some -> add(table, "{'upstream':'http://a'," + some + "}", verdict));
  }

  private static void addUpstreams(List<RouteValue> table, List<String> ups, Verdict verdict) {
    ups.forEach(upstream -> add(table, "{'uri':'/a','upstream':" + upstream + "}", verdict));
  }

  private static void add(List<RouteValue> table, String value, Verdict verdict) {
    table.add(new RouteValue(value.replace('\'', '"'), verdict));
  }

  /** Short enough for the name of a test. */
  @Override
  public String toString() {
    return verdict + " " + (value.length() > 100 ? value.substring(0, 100) + "…" : value);
  }
}
