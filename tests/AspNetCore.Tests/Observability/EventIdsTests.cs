using System.Reflection;
using ActorSockets.AspNetCore.Observability;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Tests.Observability;

public class EventIdsTests
{
    private static readonly Type[] Types = typeof(EventIds).Assembly.GetTypes();

    private static readonly (string Name, int Id)[] Listed =
        [.. Types.Where(t => t.Name.EndsWith("EventIds", StringComparison.Ordinal))
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Where(f => f.IsLiteral))
            .Select(f => ($"{f.DeclaringType!.Name}.{f.Name}", (int)f.GetRawConstantValue()!))];

    [Fact]
    public void No_id_is_given_twice()
    {
        Assert.NotEmpty(Listed);
        Assert.Empty(Listed.GroupBy(e => e.Id).Where(g => g.Count() > 1).Select(g => string.Join(" = ", g.Select(e => e.Name))));
    }

    [Fact]
    public void Every_log_method_has_an_id_of_the_list_for_itself_alone()
    {
        var used = Types.SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(m => (Method: $"{m.DeclaringType!.Name}.{m.Name}", Log: m.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(m => m.Log is not null)
            .ToList();

        Assert.NotEmpty(used);
        Assert.All(used, m => Assert.Contains(Listed, e => e.Id == m.Log!.EventId));
        Assert.Empty(used.GroupBy(m => m.Log!.EventId).Where(g => g.Count() > 1).Select(g => string.Join(" and ", g.Select(m => m.Method))));
    }
}
