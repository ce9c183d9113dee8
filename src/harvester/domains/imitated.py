"""Sites that swindlers imitate most: a look-alike of their name is no mention of them.

Written by hand from general knowledge, as registrable domains; platforms have their kind and are not repeated here.
"""

from __future__ import annotations

from typing import Final

IMITATED: Final = frozenset(
    # Exchanges and wallets.
    """binance.com binance.us coinbase.com kraken.com bybit.com okx.com kucoin.com huobi.com htx.com gate.io bitget.com
    mexc.com crypto.com gemini.com bitfinex.com bitstamp.net bitpanda.com blockchain.com blockchain.info metamask.io
    trustwallet.com ledger.com trezor.io exodus.com phantom.app opensea.io uniswap.org pancakeswap.finance
    etherscan.io tether.to bitcoin.org ethereum.org robinhood.com etoro.com
    """
    # Payment and banks.
    """n26.com zelle.com cashapp.com neteller.com citibank.com capitalone.com usbank.com pnc.com discover.com
    hsbc.co.uk barclays.co.uk lloydsbank.com natwest.com santander.com santander.co.uk bbva.com bbva.es caixabank.es
    ing.com ing.de rabobank.nl abnamro.nl sparkasse.de deutsche-bank.de commerzbank.de postbank.de bnpparibas.net
    credit-agricole.fr labanquepostale.fr intesasanpaolo.com unicredit.it poste.it sberbank.ru tinkoff.ru tbank.ru
    vtb.ru alfabank.ru privatbank.ua monobank.ua pkobp.pl mbank.pl itau.com.br bradesco.com.br nubank.com.br
    caixa.gov.br bb.com.br mercadopago.com mercadopago.com.br bca.co.id bri.co.id mandiri.co.id bni.co.id dana.id
    ovo.id gopay.co.id maybank2u.com.my gcash.com vietcombank.com.vn techcombank.com.vn momo.vn sbi.co.in
    onlinesbi.sbi hdfcbank.com icicibank.com garanti.com.tr garantibbva.com.tr akbank.com isbank.com.tr
    ziraatbank.com.tr
    """
    # Parcels.
    """dhl.com dhl.de ups.com usps.com fedex.com royalmail.com evri.com dpd.com dpd.co.uk gls-group.eu hermesworld.com
    laposte.fr chronopost.fr correos.es postnl.nl bpost.be postnord.com posten.no inpost.pl cdek.ru pochta.ru
    nova-poshta.ua novaposhta.ua auspost.com.au canadapost.ca correios.com.br jne.co.id jnt.id
    """
    # Shops, games, betting, and what everybody signs in to.
    """bet365.com stake.com 1xbet.com betano.com fonbet.ru rolex.com gucci.com louisvuitton.com docusign.com
    """
    # States and their services.
    """gosuslugi.ru nalog.ru ameli.fr caf.fr elster.de""".split()
)
"""Names of companies and states that hold money, parcels or papers."""
