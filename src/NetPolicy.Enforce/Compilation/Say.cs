using NetPolicy.Addresses;
using NetPolicy.Collections;
using NetPolicy.Enforce.Rules;
using NetPolicy.Ports;

namespace NetPolicy.Enforce.Compilation;

/// <summary>Short words for rules.</summary>
internal static class Say
{
    public static RuleStatement Counter => RuleStatement.Counter.Instance;

    public static RuleStatement Drop => new RuleStatement.Go(RuleVerdict.Drop);

    public static RuleStatement Accept => new RuleStatement.Go(RuleVerdict.Accept);

    public static RuleStatement Return => new RuleStatement.Go(RuleVerdict.Return);

    public static RuleStatement Related => Is(RuleField.ConnectionState, new RuleValue.Keyword("related"));

    public static RuleStatement Invalid => Is(RuleField.ConnectionState, new RuleValue.Keyword("invalid"));

    public static RuleStatement Translated => Is(RuleField.ConnectionStatus, new RuleValue.Keyword("dnat"));

    public static RuleStatement IsReply => Is(RuleField.ConnectionDirection, new RuleValue.Keyword("reply"));

    public static RuleStatement IsAnyIcmp => Is(RuleField.Protocol, Of(Protocol.Icmp), Of(Protocol.IcmpV6));

    public static RuleStatement IsIcmpV6 => Is(RuleField.Protocol, Of(Protocol.IcmpV6));

    public static RuleLine Line(params ReadOnlySpan<RuleStatement> statements) => new(EquatableArray.Create(statements));

    public static RuleLine Named(string comment, params ReadOnlySpan<RuleStatement> statements) => new(EquatableArray.Create(statements), comment);

    public static RuleChain Chain(string name, params ReadOnlySpan<RuleLine> lines) => new(name, EquatableArray.Create(lines));

    public static RuleChain Shared(string name, params ReadOnlySpan<RuleLine> lines) => new(name, EquatableArray.Create(lines), IsShared: true);

    public static RuleChain Base(string name, RuleHookPoint point, int priority, string body) =>
        new(name, [Line(Goto(body))], new RuleHook(point, priority));

    public static RuleStatement Go(RuleVerdict verdict) => new RuleStatement.Go(verdict);

    public static RuleStatement Goto(string chain) => new RuleStatement.Go(RuleVerdict.Goto(chain));

    public static RuleStatement Jump(string chain) => new RuleStatement.Go(RuleVerdict.Jump(chain));

    public static RuleStatement Is(RuleField field, params ReadOnlySpan<RuleValue> values) => new RuleStatement.Match(field, EquatableArray.Create(values));

    public static RuleStatement IsNot(RuleField field, params ReadOnlySpan<RuleValue> values) =>
        new RuleStatement.Match(field, EquatableArray.Create(values), IsNegated: true);

    public static RuleStatement In(string set, params ReadOnlySpan<RuleField> fields) => new RuleStatement.MatchSet(EquatableArray.Create(fields), set);

    public static RuleStatement Look(string map, params ReadOnlySpan<RuleField> fields) => new RuleStatement.Dispatch(EquatableArray.Create(fields), map);

    public static RuleStatement Has(RuleField mark, uint bits) => new RuleStatement.MatchBits(mark, bits, bits);

    public static RuleStatement Lacks(RuleField mark, uint bits) => new RuleStatement.MatchBits(mark, bits, 0);

    public static RuleStatement Add(RuleField mark, uint bits) => new RuleStatement.SetBits(mark, uint.MaxValue, bits);

    public static RuleStatement SetIdentity(uint number) => new RuleStatement.SetIdentity(number);

    public static RuleStatement IsIdentity(uint number) => Is(RuleField.Identity, new RuleValue.Identity(number));

    public static RuleStatement HasIdentity => IsNot(RuleField.Identity, new RuleValue.Identity(0));

    public static RuleValue Of(Protocol protocol) => new RuleValue.Transport(protocol);

    public static RuleValue Of(byte value) => new RuleValue.Bytes(value, value);

    public static RuleValue Of(IpPrefix prefix) => new RuleValue.Addresses(IpRange.Of(prefix));

    public static RuleValue Of(ushort port) => new RuleValue.Ports(PortRange.Single(port));

    public static RuleValue Of(IpFamily family) => new RuleValue.Keyword(family == IpFamily.IPv4 ? "ipv4" : "ipv6");

    public static RuleValue Name(string @interface) => new RuleValue.Interface(@interface);

    public static RuleValue Prefix(string prefix) => new RuleValue.Interface(prefix, IsPrefix: true);

    public static RuleField Source(IpFamily family) => family == IpFamily.IPv4 ? RuleField.Source4 : RuleField.Source6;

    public static RuleField Destination(IpFamily family) => family == IpFamily.IPv4 ? RuleField.Destination4 : RuleField.Destination6;
}
