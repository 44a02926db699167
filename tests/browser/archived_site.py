"""What the browser tests look at: where the servers are, and the pages that try to get out."""

from __future__ import annotations

from dataclasses import dataclass

from archive.model import Capture

HOST = "http://paper.test"


@dataclass(frozen=True)
class Site:
    """The two origins and what the archive holds."""

    browse: str
    replay: str
    made: dict[str, Capture]


OUTSIDE = "http://outside.test"
# A document whose action on opening asks for an address outside.
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/URI/URI(http://outside.test/pdf)>>>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)
# Pages that try to get out, each its own way, to an address (OUT) that must never be asked.
HOSTILE = {
    "script": "<script>fetch('OUT/fetch');new Image().src='OUT/image'</script><p>x</p>",
    "handler": """<img src=x onerror="fetch('OUT')"><svg onload="fetch('OUT')"></svg>""",
    "refresh": '<meta http-equiv="refresh" content="0;url=OUT/refresh"><p>x</p>',
    "base": '<base href="OUT/"><img src="a.png"><a href="b">x</a>',
    "form": '<form id=f action="OUT/form"><input name=q autofocus><button id=go>go</button></form>',
    "image": """<img src="OUT/a.png" srcset="OUT/b.png 2x"><picture><source srcset="OUT/c.png"><img></picture>
        <video poster="OUT/d.png" src="OUT/v.mp4" autoplay></video>""",
    "css": """<style>@import "OUT/a.css";body{background:u\\72l(OUT/b.png)}
        p{background:image-set('OUT/c.png' 1x);cursor:url(OUT/d.cur);font-family:x}
        @font-face{font-family:x;src:url(OUT/f.woff)}</style><p style="background:url(OUT/e)">x""",
    "links": """<link rel="preconnect" href="OUT"><link rel="dns-prefetch" href="OUT"><link rel="prefetch" href="OUT/a">
        <link rel="preload" as="image" href="OUT/b"><link rel="stylesheet" href="OUT/c.css">
        <link rel="icon" href="OUT/i">""",
    "frames": """<iframe src="OUT/f"></iframe><iframe srcdoc="<img src=OUT/s>"></iframe><object data="OUT/o"></object>
        <embed src="OUT/e"><iframe src="javascript:top.location='OUT'"></iframe>""",
    "svg": """<svg><image href="OUT/i.png"/><use href="OUT/u.svg#a"/><foreignObject><img src="OUT/fo"></foreignObject>
        <style>*{fill:url(OUT/g)}</style><script>fetch("OUT")</script></svg>""",
    "noscript": """<noscript><p title="</noscript><img src=OUT/m>"><style></noscript><img src=OUT/n></style>""",
    "storage": "<script>document.cookie='a=b';localStorage.x=1;navigator.serviceWorker.register('/sw.js')</script>x",
    "socket": "<script>new WebSocket('OUT'.replace('http','ws'));navigator.sendBeacon('OUT')</script>x",
    "popup": f"""<body onload="open('OUT');top.location='OUT'">
        <a id=a target=_blank ping=OUT href="{HOST}/news/2?mode=view">x</a>""",
    "cover": """<style>*{display:none!important}html,body{display:block!important}
        seogo-banner{visibility:hidden!important;opacity:0!important}</style><p>x""",
}
